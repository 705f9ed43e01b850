"""Reading the files that plans really have into the directory: streamed, restartable, row by row accounted for."""
