using System;
using System.Reflection;
using System.Runtime.InteropServices;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>
/// Ed25519 (RFC 8032) by OpenSSL's libcrypto, which .NET itself uses on Linux but does not offer this algorithm of.
/// </summary>
internal static partial class Ed25519
{
    /// <summary>1.3.6.1.4.1.11591.15.1, which names the curve in keys of algorithm 22.</summary>
    public const string LegacyOidHex = "2B06010401DA470F01";

    public const int KeyBytes = 32;
    public const int SignatureBytes = 64;

    private const string Library = "libcrypto";
    private const int NidEd25519 = 1087;

    private static readonly string[] FileNames = OperatingSystem.IsWindows()
        ? ["libcrypto-3-x64.dll", "libcrypto-3-arm64.dll", "libcrypto-3.dll"]
        : OperatingSystem.IsMacOS()
            ? ["libcrypto.3.dylib", "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib", "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib"]
            : ["libcrypto.so.3", "libcrypto.so.1.1"];

    static Ed25519() => NativeLibrary.SetDllImportResolver(typeof(Ed25519).Assembly, Resolve);

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message)
    {
        var key = Call(publicKey, static k => PublicFromRaw(NidEd25519, 0, k, (nuint)k.Length));
        if (key == 0)
        {
            ClearErrors();
            return false;
        }

        var context = NewContext();
        try
        {
            return VerifyInit(context, 0, 0, 0, key) == 1
                && Verify(context, signature, (nuint)signature.Length, message, (nuint)message.Length) == 1;
        }
        finally
        {
            FreeContext(context);
            FreeKey(key);
            // What failed here must not be found by the next user of OpenSSL on this thread.
            ClearErrors();
        }
    }

    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        var key = PrivateKey(seed);
        var context = NewContext();
        try
        {
            var signature = new byte[SignatureBytes];
            nuint length = SignatureBytes;
            return SignInit(context, 0, 0, 0, key) == 1
                && Sign(context, signature, ref length, message, (nuint)message.Length) == 1
                && length == SignatureBytes
                ? signature
                : throw new InvalidOperationException("libcrypto could not sign.");
        }
        finally
        {
            FreeContext(context);
            FreeKey(key);
            ClearErrors();
        }
    }

    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed)
    {
        var key = PrivateKey(seed);
        try
        {
            var point = new byte[KeyBytes];
            nuint length = KeyBytes;
            return PublicToRaw(key, point, ref length) == 1 && length == KeyBytes
                ? point
                : throw new InvalidOperationException("libcrypto could not derive a public key.");
        }
        finally
        {
            FreeKey(key);
            ClearErrors();
        }
    }

    private static nint PrivateKey(ReadOnlySpan<byte> seed)
    {
        var key = Call(seed, static s => PrivateFromRaw(NidEd25519, 0, s, (nuint)s.Length));
        return key != 0 ? key : throw new InvalidOperationException("libcrypto did not take an Ed25519 key.");
    }

    /// <summary>Makes the first call into the library, which is where its absence shows.</summary>
    private static nint Call(ReadOnlySpan<byte> argument, FirstCall call)
    {
        try
        {
            return call(argument);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new StreamException(
                StreamErrors.CryptoLibraryMissing,
                $"Ed25519 signatures need OpenSSL's libcrypto ({string.Join(" or ", FileNames)}), which was not found. Install OpenSSL, or use RSA keys.",
                e);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Library)
            return 0;
        foreach (var file in FileNames)
        {
            if (NativeLibrary.TryLoad(file, assembly, searchPath, out var handle))
                return handle;
        }

        return 0;
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    private static partial nint PublicFromRaw(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    private static partial nint PrivateFromRaw(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    private static partial int PublicToRaw(nint key, Span<byte> raw, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    private static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    private static partial int VerifyInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    private static partial int Verify(nint context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> message, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    private static partial int SignInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    private static partial int Sign(nint context, Span<byte> signature, ref nuint signatureLength, ReadOnlySpan<byte> message, nuint length);

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    private static partial void ClearErrors();

    private delegate nint FirstCall(ReadOnlySpan<byte> argument);
}
