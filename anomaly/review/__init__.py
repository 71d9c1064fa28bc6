"""The review page: a day's report served on this machine, to be decided on."""
