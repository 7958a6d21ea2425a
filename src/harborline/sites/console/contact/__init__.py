"""Pages of contact: questions from the portal, their answers, and the front desk."""
