using System;
using System.Net;

namespace BootDepot.Client;

/// <summary>Something between this client and a server did not work.</summary>
public class MaasException : Exception
{
    /// <summary>With a message for the person who reads it.</summary>
    public MaasException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>What is at the address does not answer as the API does: wrong address, wrong service or a broken proxy.</summary>
public class MaasRemoteException : MaasException
{
    /// <summary>With the status, where there was an answer.</summary>
    public MaasRemoteException(string message, HttpStatusCode? statusCode = null, Exception? inner = null)
        : base(message, inner) => StatusCode = statusCode;

    /// <summary>Status of the answer; null when there was none.</summary>
    public HttpStatusCode? StatusCode { get; }
}

/// <summary>Why a log-in failed.</summary>
public enum MaasLoginFailure
{
    /// <summary>User or password is wrong, the user is inactive, or the API key is unknown.</summary>
    CredentialsRejected,

    /// <summary>The server does not offer log-in by user and password.</summary>
    NotSupported,

    /// <summary>A user was given without a password.</summary>
    UsernameWithoutPassword,

    /// <summary>A password was given without a user.</summary>
    PasswordWithoutUsername,

    /// <summary>Credentials stand both in the address and in the arguments.</summary>
    GivenTwice,
}

/// <summary>A log-in failed; <see cref="Reason"/> says why.</summary>
public sealed class MaasLoginException : MaasRemoteException
{
    /// <summary>With the reason.</summary>
    public MaasLoginException(MaasLoginFailure reason, string message, HttpStatusCode? statusCode = null)
        : base(message, statusCode) => Reason = reason;

    /// <summary>Why it failed.</summary>
    public MaasLoginFailure Reason { get; }
}
