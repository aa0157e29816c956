"""The server: pages with free values, the API, jobs, and the check of an uploaded overlay."""
