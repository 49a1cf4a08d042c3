"""From what is known to what can be decided; frames in, evidence out, no file is read here."""
