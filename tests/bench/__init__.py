"""Tests of the benchmark, and of the budgets that keep what it measures from growing unseen."""
