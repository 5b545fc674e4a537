using System;
using System.IO;
using System.Net.Security;
using System.Threading;
using Microsoft.Extensions.Logging;

namespace BootDepot.Region.Hosting;

/// <summary>
/// The certificate that a region shows. Its files are looked at again when a client comes and <see cref="Patience"/> has passed, so that a
/// renewed one is used without a restart; while the new files make no sense (half written, key of another certificate) the old one stays.
/// </summary>
internal sealed partial class TlsCertificate(TlsFiles files, TimeProvider time, ILogger<TlsCertificate> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private SslStreamCertificateContext? _current;
    private (DateTime, DateTime) _written;
    private DateTimeOffset _looked;

    /// <summary>What to show now.</summary>
    /// <exception cref="IOException">There was never one that can be used.</exception>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_lock)
            {
                if (_current is not null && time.GetUtcNow() - _looked < Patience)
                    return _current;
                _looked = time.GetUtcNow();
                var written = (File.GetLastWriteTimeUtc(files.Certificate), File.GetLastWriteTimeUtc(files.Key));
                if (_current is not null && written == _written)
                    return _current;
                try
                {
                    _current = files.Read();
                    Taken(log, files.Certificate, _current.TargetCertificate.NotAfter.ToUniversalTime());
                }
                catch (IOException e) when (_current is not null)
                {
                    Kept(log, e.Message);
                }

                _written = written;
                return _current;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "TLS: {File} is used, valid until {Until:u}.")]
    private static partial void Taken(ILogger log, string file, DateTime until);

    [LoggerMessage(Level = LogLevel.Error, Message = "TLS: the one before stays in use. {Reason}")]
    private static partial void Kept(ILogger log, string reason);
}
