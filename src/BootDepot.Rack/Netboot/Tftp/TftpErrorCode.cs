namespace BootDepot.Rack.Netboot.Tftp;

/// <summary>The error codes of RFC 1350 and RFC 2347.</summary>
public enum TftpErrorCode
{
    /// <summary>The text says it.</summary>
    NotDefined = 0,

    /// <summary>There is no such file.</summary>
    FileNotFound = 1,

    /// <summary>The file, or what is wanted of it, is not allowed.</summary>
    AccessViolation = 2,

    /// <summary>The disk is full.</summary>
    DiskFull = 3,

    /// <summary>The packet is not one of TFTP.</summary>
    IllegalOperation = 4,

    /// <summary>The packet belongs to no transfer.</summary>
    UnknownTransfer = 5,

    /// <summary>The file exists already.</summary>
    FileExists = 6,

    /// <summary>There is no such user.</summary>
    NoSuchUser = 7,

    /// <summary>The options cannot be agreed upon (RFC 2347).</summary>
    OptionsRefused = 8,
}
