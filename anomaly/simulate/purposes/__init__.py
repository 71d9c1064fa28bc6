"""Why aircraft fly: each module plans the journeys of one kind of operator."""
