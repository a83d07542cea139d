"""`python -m mlmkpi`: the command line, where its script is not on the path."""

from mlmkpi.cli import main

raise SystemExit(main())
