"""The informers of each group version; generated but for this file."""
