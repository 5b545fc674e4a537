using System.Net;

namespace BootDepot.Rack.Netboot.Tftp;

/// <summary>A client's wish to read a file.</summary>
/// <param name="FileName">
/// As the client wrote it: 1 to 400 characters, none of them a control character. It is not a path: leading slashes, double
/// slashes, backslashes, dots and percent signs are all still in it. Who opens files by it makes it safe.
/// </param>
/// <param name="Client">Who asks, with the port it asks from.</param>
/// <param name="LocalAddress">The address of this machine that was asked; answers come from it.</param>
public sealed record TftpRequest(string FileName, IPEndPoint Client, IPAddress LocalAddress);
