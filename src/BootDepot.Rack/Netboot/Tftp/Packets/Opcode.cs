namespace BootDepot.Rack.Netboot.Tftp.Packets;

/// <summary>What a packet is, its first two bytes: RFC 1350 section 5, RFC 2347.</summary>
internal enum Opcode : ushort
{
    /// <summary>No packet has it.</summary>
    None = 0,
    ReadRequest = 1,
    WriteRequest = 2,
    Data = 3,
    Acknowledgement = 4,
    Error = 5,
    OptionAcknowledgement = 6,
}
