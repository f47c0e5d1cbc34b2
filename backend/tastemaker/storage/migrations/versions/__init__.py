"""One file per step of the schema, in order; a released one is never changed."""
