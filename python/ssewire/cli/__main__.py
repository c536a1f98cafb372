"""`python -m ssewire.cli` is `ssewire`."""

from ssewire.cli import main

main()
