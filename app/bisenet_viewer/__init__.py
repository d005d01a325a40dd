"""The application: sources, pipeline, window, sinks and the command line around the `bisenet` library."""
