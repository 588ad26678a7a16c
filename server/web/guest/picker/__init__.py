"""The picker: free times as a week, a month or a list, in the guest's zone. Serves new bookings and moved ones alike."""
