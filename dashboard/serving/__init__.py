"""How the app is served: the HTTP server, what guards it, who has signed in."""
