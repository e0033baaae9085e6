"""The supervisor behind `script/server`: broker, web, worker and beat as one program.

It imports neither Django's models nor our services: whatever needs those is a command of its own.
"""
