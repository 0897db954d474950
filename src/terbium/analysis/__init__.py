"""What results mean: impact, concentration, exposure, leverage and the rest of the assessment."""
