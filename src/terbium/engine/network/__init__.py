"""The kernel on input-output tables and on networks of firms: the ARIO family, step by step."""
