"""What mlmkpi is measured against; each is a program that takes the folder of exports."""
