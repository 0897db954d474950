"""What pages and endpoints are handed: the services of the server, and who asks."""

from typing import Annotated

from fastapi import Depends, Request

from terbium.web.services import Services


def services(request: Request) -> Services:
    """The services of the server that answers."""
    found: Services = request.app.state.services
    return found


def owner(request: Request) -> str:
    """Who asks: ``local``, or what stands for an access token."""
    found: str = request.scope["state"]["owner"]
    return found


TheServices = Annotated[Services, Depends(services)]
Owner = Annotated[str, Depends(owner)]
