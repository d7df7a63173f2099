"""CEB messages of China Customs: which message is which list, and how one is read."""
