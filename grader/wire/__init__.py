"""What crosses the wall: messages, values, frames. Shared by both sides.

Everything here is plain data of closed types; decoding never runs code, never
recurses on what was sent, and checks sizes before it spends memory.
"""
