"""The words that workers sign, as published: every version that anybody ever signed stays."""
