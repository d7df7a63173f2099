"""What the order, payment, waybill and declaration of one consignment contradict."""
