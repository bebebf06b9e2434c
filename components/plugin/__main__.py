"""What the engine starts: `python components/plugin ENGINE_ADDRESS`."""

from components.plugin.host import main

if __name__ == "__main__":
    main()
