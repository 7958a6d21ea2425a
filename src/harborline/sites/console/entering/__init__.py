"""Pages for staff about the participants' portal: codes to hand over, and what participants asked to change."""
