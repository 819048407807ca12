"""The pages people use: server-rendered HTML, Japanese first, no request to anywhere else."""
