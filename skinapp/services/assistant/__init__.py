"""Questions to answers with sources: red flags first, then a service or the built-in knowledge."""
