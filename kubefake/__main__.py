"""`python -m kubefake` is the `kubefake` command."""

from kubefake.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
