"""One module per HTTP library or SDK. None of them is a dependency of ssewire."""
