"""How good drawn images are: distances, copies, usefulness, and the gate."""
