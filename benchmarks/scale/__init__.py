"""What nights, trainings and queries cost as the number of assets, sensors and days grows."""
