"""Messages of a broker landed as files of an inbox: what a broker forgets, a night finds there."""
