"""``python -m sekisho`` is the console command."""

from sekisho.command import main

if __name__ == "__main__":
    main()
