"""What governments did: the register of measures, their scope, and their friction on links."""
