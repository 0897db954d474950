"""What governments did: the register of measures, their scope, and the friction that they put on links."""
