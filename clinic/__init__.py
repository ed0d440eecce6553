"""What both sides share: what an enquiry is, when the clinic is open, where state is kept."""
