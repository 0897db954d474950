"""How Alembic reaches the store: over the connection that whoever opens it hands over."""

from alembic import context

from terbium.web.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
