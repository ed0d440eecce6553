"""The demo's website: a clinic's own pages, with the enquiry form in them in each of the three ways."""
