from synergycore.cli import main

main()
