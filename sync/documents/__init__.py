"""Papers of a month: 出勤簿 and 時間外勤務命令簿 as PDF, HR's workbook, and a person's calendar."""
