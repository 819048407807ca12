"""Cards, antennas and readers in software, on which the real card stacks run unmodified. No part of a real site."""
