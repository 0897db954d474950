"""Flow classes that tests speak of."""

from terbium.policy.scope import FlowClass

KINDS = {
    "Dy magnet": ("NdFeB_DyTb_magnet", "magnet", {"Nd", "Pr", "Dy", "Tb"}),
    "light magnet": ("NdFeB_noHRE_magnet", "magnet", {"Nd", "Pr"}),
    "SmCo magnet": ("SmCo_magnet", "magnet", {"Sm"}),
    "Dy oxide": ("Dy_oxide", "oxide", {"Dy"}),
    "Y metal": ("Y_metal", "metal", {"Y"}),
    "Nd oxide": ("Nd_oxide", "oxide", {"Nd"}),
    "Ho oxide": ("Ho_oxide", "oxide", {"Ho"}),
    "motor": ("NdFeB_DyTb_assembly", "assembly", {"Nd", "Pr", "Dy", "Tb"}),
    "Dy magnet scrap": ("NdFeB_DyTb_scrap", "scrap", {"Nd", "Pr", "Dy", "Tb"}),
    "clay concentrate": ("ionic_clay_china_concentrate", "concentrate", {"Dy", "Tb", "Y", "Nd"}),
}


def flow(kind: str, origin: str, destination: str, end_use: str = "") -> FlowClass:
    """A flow of one of the kinds that people name."""
    material, form, elements = KINDS[kind]
    return FlowClass(material, form, frozenset(elements), origin, destination, end_use)
