"""What Alembic runs: every migration in the connection and the transaction that `schema.migrate` opened."""

from alembic import context

from gridhall.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=False,
)
context.run_migrations()
