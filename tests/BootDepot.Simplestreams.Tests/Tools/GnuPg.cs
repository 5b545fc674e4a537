using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace BootDepot.Simplestreams.Tests.Tools;

/// <summary>GnuPG with a home folder of its own; its agent is ended with it.</summary>
public sealed class GnuPg : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly List<string> _options;

    public GnuPg()
    {
        _options = ["--homedir", _home.Path, "--batch", "--no-tty", "--yes", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""];
    }

    /// <summary>Makes a key (algorithm as in rsa2048, usage as in sign,cert, expiry as in 1d, time in seconds since 1970) and returns its fingerprint.</summary>
    public string MakeKey(string algorithm, string usage = "sign,cert", string expire = "never", long? at = null, params string[] more)
    {
        var name = $"{algorithm} {Guid.NewGuid():n}";
        Run([.. At(at), .. more, "--quick-generate-key", name, algorithm, usage, expire]);
        return Fingerprints(name)[0];
    }

    public string AddSubkey(string key, string algorithm, string usage = "sign", string expire = "never", long? at = null)
    {
        Run([.. At(at), "--quick-add-key", key, algorithm, usage, expire]);
        return Fingerprints(key)[^1];
    }

    public byte[] Export(params string[] keys) => Run(["--export", .. keys]);

    public byte[] ExportArmored(params string[] keys) => Run(["--armor", "--export", .. keys]);

    public byte[] ExportSecret(string key) => Run(["--armor", "--export-secret-keys", key]);

    public byte[] ClearSign(ReadOnlySpan<byte> text, string key, string digest = "SHA512", long? at = null, params string[] more) =>
        Run(text, [.. At(at), "--digest-algo", digest, "-u", key, .. more, "--clearsign"]);

    public byte[] SignDetached(ReadOnlySpan<byte> data, string key, string digest = "SHA512", bool armor = true, long? at = null, params string[] more) =>
        Run(data, [.. At(at), "--digest-algo", digest, "-u", key, .. armor ? new[] { "--armor" } : [], .. more, "--detach-sign"]);

    public void Revoke(string key, long? at = null)
    {
        // GnuPG leaves a revocation beside each key it makes, disarmed by a colon.
        var file = Path.Combine(_home.Path, "openpgp-revocs.d", key + ".rev");
        var text = File.ReadAllText(file).Replace(":-----BEGIN", "-----BEGIN", StringComparison.Ordinal);
        Run(Encoding.ASCII.GetBytes(text), [.. At(at), "--import"]);
    }

    /// <summary>Answers the questions of --edit-key.</summary>
    public void Edit(string key, params string[] answers) =>
        Run(Encoding.ASCII.GetBytes(string.Join('\n', answers) + "\n"), ["--command-fd", "0", "--status-fd", "2", "--expert", "--edit-key", key]);

    public void Import(ReadOnlySpan<byte> keys) => Run(keys, ["--import"]);

    public bool Verifies(params string[] files) =>
        Tool.Run("gpg", [], [.. _options, "--always-trust", "--verify", .. files]).ExitCode == 0;

    public byte[] Run(params string[] arguments) => Run([], arguments);

    public byte[] Run(ReadOnlySpan<byte> input, string[] arguments)
    {
        // One home, one command at a time: tests run in parallel.
        lock (_options)
            return Tool.Run("gpg", input, [.. _options, .. arguments]).Required();
    }

    public void Dispose()
    {
        Tool.Run("gpgconf", [], "--homedir", _home.Path, "--kill", "all");
        _home.Dispose();
    }

    private string[] Fingerprints(string name) =>
        [.. Encoding.UTF8.GetString(Run("--with-colons", "--with-subkey-fingerprint", "--list-keys", name))
            .Split('\n').Where(l => l.StartsWith("fpr:", StringComparison.Ordinal)).Select(l => l.Split(':')[9])];

    private static string[] At(long? at) =>
        at is { } seconds ? ["--faked-system-time", seconds.ToString(CultureInfo.InvariantCulture) + "!"] : [];
}
