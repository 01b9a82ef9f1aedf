"""The ground floor: data in and data at rest. Knows neither torch nor Airflow."""
