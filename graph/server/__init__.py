"""A local Neo4j for development and tests: brought, configured, started, stopped, filled offline. Nothing here is needed to use one."""
