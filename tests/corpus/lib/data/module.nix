{ name }: { services.${name}.enable = true; }
