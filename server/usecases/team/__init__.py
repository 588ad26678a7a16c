"""Teams: several hosts who can be booked at one address, and who belongs to them."""
