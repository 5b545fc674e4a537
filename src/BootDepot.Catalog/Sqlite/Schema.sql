CREATE TABLE "ApiKeys" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_ApiKeys" PRIMARY KEY AUTOINCREMENT,
    "UserId" INTEGER NOT NULL,
    "Name" TEXT NOT NULL,
    "ConsumerKey" TEXT NOT NULL,
    "TokenKey" TEXT NOT NULL,
    "SecretHash" BLOB NOT NULL,
    "Created" INTEGER NOT NULL, "Scope" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "CK_ApiKeys_ConsumerKey_Length" CHECK (length("ConsumerKey") <= 255),
    CONSTRAINT "CK_ApiKeys_Name_Length" CHECK (length("Name") <= 255),
    CONSTRAINT "CK_ApiKeys_TokenKey_Length" CHECK (length("TokenKey") <= 255),
    CONSTRAINT "FK_ApiKeys_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "BootSources" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_BootSources" PRIMARY KEY AUTOINCREMENT,
    "CertificateAuthorities" TEXT NULL,
    "CheckedAt" INTEGER NULL,
    "ClientCertificateFile" TEXT NULL,
    "Created" INTEGER NOT NULL,
    "Enabled" INTEGER NOT NULL,
    "KeyringData" BLOB NOT NULL,
    "KeyringFilename" TEXT NOT NULL,
    "Mirrors" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Priority" INTEGER NOT NULL,
    "ProblemCode" TEXT NULL,
    "ProblemMessage" TEXT NULL,
    "Proxy" TEXT NULL,
    "SignedBy" TEXT NULL,
    "SkipKeyringVerification" INTEGER NOT NULL,
    "Updated" INTEGER NOT NULL,
    "Url" TEXT NOT NULL,
    "VerifiedAt" INTEGER NULL,
    CONSTRAINT "CK_BootSources_ClientCertificateFile_Length" CHECK (length("ClientCertificateFile") <= 1024),
    CONSTRAINT "CK_BootSources_KeyringFilename_Length" CHECK (length("KeyringFilename") <= 1024),
    CONSTRAINT "CK_BootSources_Name_Length" CHECK (length("Name") <= 2048),
    CONSTRAINT "CK_BootSources_ProblemCode_Length" CHECK (length("ProblemCode") <= 64),
    CONSTRAINT "CK_BootSources_Proxy_Length" CHECK (length("Proxy") <= 2048),
    CONSTRAINT "CK_BootSources_SignedBy_Length" CHECK (length("SignedBy") <= 64),
    CONSTRAINT "CK_BootSources_Url_Length" CHECK (length("Url") <= 2048)
);

CREATE TABLE "Conversions" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Conversions" PRIMARY KEY AUTOINCREMENT,
    "FileId" INTEGER NULL,
    "SourceSha256" TEXT NOT NULL,
    "Target" TEXT NOT NULL,
    "Key" TEXT NOT NULL,
    "State" INTEGER NOT NULL,
    "FaultCode" TEXT NULL,
    "FaultMessage" TEXT NULL,
    "ResultSha256" TEXT NULL,
    "ResultSize" INTEGER NULL,
    "Created" INTEGER NOT NULL,
    "Updated" INTEGER NOT NULL,
    CONSTRAINT "CK_Conversions_FaultCode_Length" CHECK (length("FaultCode") <= 64),
    CONSTRAINT "CK_Conversions_Key_Length" CHECK (length("Key") <= 64),
    CONSTRAINT "CK_Conversions_ResultSha256_Length" CHECK (length("ResultSha256") <= 64),
    CONSTRAINT "CK_Conversions_SourceSha256_Length" CHECK (length("SourceSha256") <= 64),
    CONSTRAINT "CK_Conversions_Target_Length" CHECK (length("Target") <= 255),
    CONSTRAINT "FK_Conversions_Files_FileId" FOREIGN KEY ("FileId") REFERENCES "Files" ("Id") ON DELETE SET NULL
);

CREATE TABLE "DamagedBlobs" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_DamagedBlobs" PRIMARY KEY AUTOINCREMENT,
    "Sha256" TEXT NOT NULL,
    "ActualSha256" TEXT NOT NULL,
    "Problem" TEXT NOT NULL,
    "UsedBy" TEXT NOT NULL,
    "FoundAt" INTEGER NOT NULL,
    "RepairedAt" INTEGER NULL,
    CONSTRAINT "CK_DamagedBlobs_ActualSha256_Length" CHECK (length("ActualSha256") <= 64),
    CONSTRAINT "CK_DamagedBlobs_Problem_Length" CHECK (length("Problem") <= 64),
    CONSTRAINT "CK_DamagedBlobs_Sha256_Length" CHECK (length("Sha256") <= 64)
);

CREATE TABLE "DeletedBlobs" (
    "DeletedSetId" INTEGER NOT NULL,
    "Sha256" TEXT NOT NULL,
    CONSTRAINT "PK_DeletedBlobs" PRIMARY KEY ("DeletedSetId", "Sha256"),
    CONSTRAINT "CK_DeletedBlobs_Sha256_Length" CHECK (length("Sha256") <= 64),
    CONSTRAINT "FK_DeletedBlobs_DeletedSets_DeletedSetId" FOREIGN KEY ("DeletedSetId") REFERENCES "DeletedSets" ("Id") ON DELETE CASCADE
);

CREATE TABLE "DeletedSets" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_DeletedSets" PRIMARY KEY AUTOINCREMENT,
    "Kind" INTEGER NOT NULL,
    "Name" TEXT NOT NULL,
    "Architecture" TEXT NOT NULL,
    "Version" TEXT NOT NULL,
    "Size" INTEGER NOT NULL,
    "DeletedAt" INTEGER NOT NULL,
    "DeletedBy" TEXT NOT NULL,
    "Reason" TEXT NOT NULL,
    "Snapshot" TEXT NOT NULL,
    CONSTRAINT "CK_DeletedSets_Architecture_Length" CHECK (length("Architecture") <= 511),
    CONSTRAINT "CK_DeletedSets_DeletedBy_Length" CHECK (length("DeletedBy") <= 255),
    CONSTRAINT "CK_DeletedSets_Name_Length" CHECK (length("Name") <= 511),
    CONSTRAINT "CK_DeletedSets_Reason_Length" CHECK (length("Reason") <= 64),
    CONSTRAINT "CK_DeletedSets_Version_Length" CHECK (length("Version") <= 255)
);

CREATE TABLE "Events" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Events" PRIMARY KEY AUTOINCREMENT,
    "At" INTEGER NOT NULL,
    "Actor" TEXT NOT NULL,
    "Origin" TEXT NULL,
    "Action" TEXT NOT NULL,
    "Subject" TEXT NOT NULL,
    "Before" TEXT NULL,
    "After" TEXT NULL,
    CONSTRAINT "CK_Events_Action_Length" CHECK (length("Action") <= 64),
    CONSTRAINT "CK_Events_Actor_Length" CHECK (length("Actor") <= 255),
    CONSTRAINT "CK_Events_Origin_Length" CHECK (length("Origin") <= 255),
    CONSTRAINT "CK_Events_Subject_Length" CHECK (length("Subject") <= 1024)
);

CREATE TABLE "Files" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Files" PRIMARY KEY AUTOINCREMENT,
    "SetId" INTEGER NOT NULL,
    "Filename" TEXT NOT NULL,
    "FileType" TEXT NOT NULL,
    "Sha256" TEXT NOT NULL,
    "Size" INTEGER NOT NULL,
    "StoredAt" INTEGER NULL,
    "ItemName" TEXT NULL,
    "ItemPath" TEXT NULL,
    "ItemTags" TEXT NOT NULL,
    CONSTRAINT "CK_Files_FileType_Length" CHECK (length("FileType") <= 255),
    CONSTRAINT "CK_Files_Filename_Length" CHECK (length("Filename") <= 255),
    CONSTRAINT "CK_Files_ItemName_Length" CHECK (length("ItemName") <= 255),
    CONSTRAINT "CK_Files_ItemPath_Length" CHECK (length("ItemPath") <= 1024),
    CONSTRAINT "CK_Files_Sha256_Length" CHECK (length("Sha256") <= 64),
    CONSTRAINT "CK_Files_Size" CHECK ("Size" >= 0),
    CONSTRAINT "FK_Files_Sets_SetId" FOREIGN KEY ("SetId") REFERENCES "Sets" ("Id") ON DELETE CASCADE
);

CREATE TABLE "ImportRuns" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_ImportRuns" PRIMARY KEY AUTOINCREMENT,
    "State" INTEGER NOT NULL,
    "Trigger" TEXT NOT NULL,
    "RequestedBy" TEXT NULL,
    "Holder" TEXT NOT NULL,
    "StartedAt" INTEGER NOT NULL,
    "EndedAt" INTEGER NULL,
    "PlannedBytes" INTEGER NOT NULL,
    "FetchedBytes" INTEGER NOT NULL,
    "Problems" TEXT NOT NULL, "IsMoreWanted" INTEGER NOT NULL DEFAULT 0, "IsStopWanted" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "CK_ImportRuns_Holder_Length" CHECK (length("Holder") <= 255),
    CONSTRAINT "CK_ImportRuns_RequestedBy_Length" CHECK (length("RequestedBy") <= 255),
    CONSTRAINT "CK_ImportRuns_Trigger_Length" CHECK (length("Trigger") <= 64)
);

CREATE TABLE "Leases" (
    "Name" TEXT NOT NULL CONSTRAINT "PK_Leases" PRIMARY KEY,
    "Holder" TEXT NOT NULL,
    "Generation" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NOT NULL,
    CONSTRAINT "CK_Leases_Holder_Length" CHECK (length("Holder") <= 255),
    CONSTRAINT "CK_Leases_Name_Length" CHECK (length("Name") <= 255)
);

CREATE TABLE "MachineAssignments" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_MachineAssignments" PRIMARY KEY AUTOINCREMENT,
    "Target" TEXT NOT NULL,
    "Mode" TEXT NOT NULL,
    "Image" TEXT NULL,
    "Kernel" TEXT NULL,
    "Version" TEXT NULL,
    "KernelParameters" TEXT NOT NULL,
    "Disk" TEXT NULL,
    "Updated" INTEGER NOT NULL,
    CONSTRAINT "CK_MachineAssignments_Disk_Length" CHECK (length("Disk") <= 255),
    CONSTRAINT "CK_MachineAssignments_Image_Length" CHECK (length("Image") <= 511),
    CONSTRAINT "CK_MachineAssignments_KernelParameters_Length" CHECK (length("KernelParameters") <= 1024),
    CONSTRAINT "CK_MachineAssignments_Kernel_Length" CHECK (length("Kernel") <= 255),
    CONSTRAINT "CK_MachineAssignments_Mode_Length" CHECK (length("Mode") <= 64),
    CONSTRAINT "CK_MachineAssignments_Target_Length" CHECK (length("Target") <= 255),
    CONSTRAINT "CK_MachineAssignments_Version_Length" CHECK (length("Version") <= 255)
);

CREATE TABLE "MachineBoots" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_MachineBoots" PRIMARY KEY AUTOINCREMENT,
    "RecordId" TEXT NOT NULL,
    "RackId" INTEGER NULL,
    "Machine" TEXT NULL,
    "Address" TEXT NOT NULL,
    "Started" INTEGER NOT NULL,
    "Ended" INTEGER NOT NULL,
    "Result" TEXT NOT NULL,
    "Document" TEXT NOT NULL,
    CONSTRAINT "CK_MachineBoots_Address_Length" CHECK (length("Address") <= 255),
    CONSTRAINT "CK_MachineBoots_Machine_Length" CHECK (length("Machine") <= 255),
    CONSTRAINT "CK_MachineBoots_Result_Length" CHECK (length("Result") <= 64),
    CONSTRAINT "FK_MachineBoots_Racks_RackId" FOREIGN KEY ("RackId") REFERENCES "Racks" ("Id") ON DELETE SET NULL
);

CREATE TABLE "Offers" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Offers" PRIMARY KEY AUTOINCREMENT,
    "BootSourceId" INTEGER NOT NULL,
    "Os" TEXT NOT NULL,
    "Release" TEXT NOT NULL,
    "Arch" TEXT NOT NULL,
    "Subarch" TEXT NOT NULL,
    "KernelFlavor" TEXT NOT NULL,
    "Label" TEXT NOT NULL,
    "IsBootloader" INTEGER NOT NULL,
    "Title" TEXT NOT NULL,
    "Version" TEXT NOT NULL,
    "Size" INTEGER NOT NULL,
    CONSTRAINT "CK_Offers_Arch_Length" CHECK (length("Arch") <= 255),
    CONSTRAINT "CK_Offers_KernelFlavor_Length" CHECK (length("KernelFlavor") <= 255),
    CONSTRAINT "CK_Offers_Label_Length" CHECK (length("Label") <= 255),
    CONSTRAINT "CK_Offers_Os_Length" CHECK (length("Os") <= 255),
    CONSTRAINT "CK_Offers_Release_Length" CHECK (length("Release") <= 255),
    CONSTRAINT "CK_Offers_Subarch_Length" CHECK (length("Subarch") <= 255),
    CONSTRAINT "CK_Offers_Version_Length" CHECK (length("Version") <= 255),
    CONSTRAINT "FK_Offers_BootSources_BootSourceId" FOREIGN KEY ("BootSourceId") REFERENCES "BootSources" ("Id") ON DELETE CASCADE
);

CREATE TABLE "RackTokens" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_RackTokens" PRIMARY KEY AUTOINCREMENT,
    "SecretHash" BLOB NOT NULL,
    "Name" TEXT NOT NULL,
    "Created" INTEGER NOT NULL,
    "Expires" INTEGER NOT NULL,
    CONSTRAINT "CK_RackTokens_Name_Length" CHECK (length("Name") <= 255)
);

CREATE TABLE "Racks" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Racks" PRIMARY KEY AUTOINCREMENT,
    "SystemId" TEXT NOT NULL,
    "Uuid" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "SecretHash" BLOB NOT NULL,
    "Mode" TEXT NOT NULL,
    "Policy" TEXT NOT NULL,
    "ImportRequests" INTEGER NOT NULL,
    "Created" INTEGER NOT NULL,
    "LastContact" INTEGER NULL,
    "Version" TEXT NOT NULL,
    "Url" TEXT NOT NULL,
    "Report" TEXT NULL,
    "ReportedAt" INTEGER NULL,
    CONSTRAINT "CK_Racks_Mode_Length" CHECK (length("Mode") <= 64),
    CONSTRAINT "CK_Racks_Name_Length" CHECK (length("Name") <= 255),
    CONSTRAINT "CK_Racks_SystemId_Length" CHECK (length("SystemId") <= 255),
    CONSTRAINT "CK_Racks_Url_Length" CHECK (length("Url") <= 2048),
    CONSTRAINT "CK_Racks_Uuid_Length" CHECK (length("Uuid") <= 255),
    CONSTRAINT "CK_Racks_Version_Length" CHECK (length("Version") <= 255)
);

CREATE TABLE "Resources" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Resources" PRIMARY KEY AUTOINCREMENT,
    "Kind" INTEGER NOT NULL,
    "Name" TEXT NOT NULL,
    "Architecture" TEXT NOT NULL,
    "KernelFlavor" TEXT NULL,
    "BootloaderType" TEXT NULL,
    "Rolling" INTEGER NOT NULL,
    "BaseImage" TEXT NOT NULL,
    "Title" TEXT NULL,
    "Subarches" TEXT NULL,
    "Platform" TEXT NULL,
    "SupportedPlatforms" TEXT NULL,
    "LastDeployed" INTEGER NULL,
    "Created" INTEGER NOT NULL,
    "Updated" INTEGER NOT NULL,
    CONSTRAINT "CK_Resources_Architecture_Length" CHECK (length("Architecture") <= 511),
    CONSTRAINT "CK_Resources_BaseImage_Length" CHECK (length("BaseImage") <= 511),
    CONSTRAINT "CK_Resources_BootloaderType_Length" CHECK (length("BootloaderType") <= 255),
    CONSTRAINT "CK_Resources_KernelFlavor_Length" CHECK (length("KernelFlavor") <= 255),
    CONSTRAINT "CK_Resources_Name_Length" CHECK (length("Name") <= 511)
);

CREATE TABLE "ResumableUploads" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_ResumableUploads" PRIMARY KEY,
    "Created" INTEGER NOT NULL,
    "FaultCode" TEXT NULL,
    "FaultMessage" TEXT NULL,
    "Found" TEXT NULL,
    "Metadata" TEXT NOT NULL,
    "Owner" TEXT NOT NULL,
    "ResourceId" INTEGER NULL,
    "RightType" TEXT NULL,
    "Sha256" TEXT NULL,
    "Size" INTEGER NOT NULL,
    CONSTRAINT "CK_ResumableUploads_FaultCode_Length" CHECK (length("FaultCode") <= 64),
    CONSTRAINT "CK_ResumableUploads_Id_Length" CHECK (length("Id") <= 32),
    CONSTRAINT "CK_ResumableUploads_Owner_Length" CHECK (length("Owner") <= 255),
    CONSTRAINT "CK_ResumableUploads_RightType_Length" CHECK (length("RightType") <= 255),
    CONSTRAINT "CK_ResumableUploads_Sha256_Length" CHECK (length("Sha256") <= 64),
    CONSTRAINT "CK_ResumableUploads_Size" CHECK ("Size" >= 0)
);

CREATE TABLE "ScrubRuns" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_ScrubRuns" PRIMARY KEY AUTOINCREMENT,
    "StartedAt" INTEGER NOT NULL,
    "EndedAt" INTEGER NULL,
    "Position" TEXT NOT NULL,
    "Blobs" INTEGER NOT NULL,
    "Bytes" INTEGER NOT NULL,
    "Damaged" INTEGER NOT NULL,
    CONSTRAINT "CK_ScrubRuns_Position_Length" CHECK (length("Position") <= 64)
);

CREATE TABLE "Selections" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Selections" PRIMARY KEY AUTOINCREMENT,
    "BootSourceId" INTEGER NOT NULL,
    "Os" TEXT NOT NULL,
    "Release" TEXT NOT NULL,
    "Arches" TEXT NOT NULL,
    "Subarches" TEXT NOT NULL,
    "Labels" TEXT NOT NULL,
    "Created" INTEGER NOT NULL,
    "Updated" INTEGER NOT NULL, "KeepDays" INTEGER NULL, "KeepVersions" INTEGER NULL,
    CONSTRAINT "CK_Selections_Os_Length" CHECK (length("Os") <= 255),
    CONSTRAINT "CK_Selections_Release_Length" CHECK (length("Release") <= 255),
    CONSTRAINT "FK_Selections_BootSources_BootSourceId" FOREIGN KEY ("BootSourceId") REFERENCES "BootSources" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Sessions" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Sessions" PRIMARY KEY AUTOINCREMENT,
    "TokenHash" BLOB NOT NULL,
    "UserId" INTEGER NOT NULL,
    "Created" INTEGER NOT NULL,
    "LastUsed" INTEGER NOT NULL,
    CONSTRAINT "FK_Sessions_Users_UserId" FOREIGN KEY ("UserId") REFERENCES "Users" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Sets" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Sets" PRIMARY KEY AUTOINCREMENT,
    "BootSourceId" INTEGER NULL,
    "CompletedAt" INTEGER NULL,
    "ContentId" TEXT NULL,
    "Created" INTEGER NOT NULL,
    "Label" TEXT NOT NULL,
    "Pinned" INTEGER NOT NULL,
    "ProductName" TEXT NULL,
    "ProductTags" TEXT NOT NULL,
    "ResourceId" INTEGER NOT NULL,
    "SignedBy" TEXT NULL,
    "UpstreamLabel" TEXT NULL,
    "Version" TEXT NOT NULL,
    "VersionTags" TEXT NOT NULL,
    "WithheldAt" INTEGER NULL,
    CONSTRAINT "CK_Sets_ContentId_Length" CHECK (length("ContentId") <= 1024),
    CONSTRAINT "CK_Sets_Label_Length" CHECK (length("Label") <= 255),
    CONSTRAINT "CK_Sets_ProductName_Length" CHECK (length("ProductName") <= 1024),
    CONSTRAINT "CK_Sets_SignedBy_Length" CHECK (length("SignedBy") <= 64),
    CONSTRAINT "CK_Sets_UpstreamLabel_Length" CHECK (length("UpstreamLabel") <= 255),
    CONSTRAINT "CK_Sets_Version_Length" CHECK (length("Version") <= 255),
    CONSTRAINT "FK_Sets_BootSources_BootSourceId" FOREIGN KEY ("BootSourceId") REFERENCES "BootSources" ("Id") ON DELETE SET NULL,
    CONSTRAINT "FK_Sets_Resources_ResourceId" FOREIGN KEY ("ResourceId") REFERENCES "Resources" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Settings" (
    "Name" TEXT NOT NULL CONSTRAINT "PK_Settings" PRIMARY KEY,
    "Value" TEXT NOT NULL,
    CONSTRAINT "CK_Settings_Name_Length" CHECK (length("Name") <= 255)
);

CREATE TABLE "SourceDocuments" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_SourceDocuments" PRIMARY KEY AUTOINCREMENT,
    "BootSourceId" INTEGER NOT NULL,
    "Path" TEXT NOT NULL,
    "ETag" TEXT NULL,
    "LastModified" TEXT NULL,
    "Sha256" TEXT NOT NULL,
    "Content" BLOB NOT NULL,
    "SignedBy" TEXT NULL,
    "StreamUpdated" INTEGER NULL,
    "FetchedAt" INTEGER NOT NULL,
    CONSTRAINT "CK_SourceDocuments_ETag_Length" CHECK (length("ETag") <= 1024),
    CONSTRAINT "CK_SourceDocuments_LastModified_Length" CHECK (length("LastModified") <= 1024),
    CONSTRAINT "CK_SourceDocuments_Path_Length" CHECK (length("Path") <= 1024),
    CONSTRAINT "CK_SourceDocuments_Sha256_Length" CHECK (length("Sha256") <= 64),
    CONSTRAINT "CK_SourceDocuments_SignedBy_Length" CHECK (length("SignedBy") <= 64),
    CONSTRAINT "FK_SourceDocuments_BootSources_BootSourceId" FOREIGN KEY ("BootSourceId") REFERENCES "BootSources" ("Id") ON DELETE CASCADE
);

CREATE TABLE "StreamDocuments" (
    "Name" TEXT NOT NULL CONSTRAINT "PK_StreamDocuments" PRIMARY KEY,
    "Sha256" TEXT NOT NULL,
    "Updated" INTEGER NOT NULL,
    CONSTRAINT "CK_StreamDocuments_Name_Length" CHECK (length("Name") <= 1024),
    CONSTRAINT "CK_StreamDocuments_Sha256_Length" CHECK (length("Sha256") <= 64)
);

CREATE TABLE "StreamViewTokens" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_StreamViewTokens" PRIMARY KEY AUTOINCREMENT,
    "ViewId" INTEGER NOT NULL,
    "Name" TEXT NOT NULL,
    "SecretHash" BLOB NOT NULL,
    "Created" INTEGER NOT NULL,
    CONSTRAINT "CK_StreamViewTokens_Name_Length" CHECK (length("Name") <= 255),
    CONSTRAINT "FK_StreamViewTokens_StreamViews_ViewId" FOREIGN KEY ("ViewId") REFERENCES "StreamViews" ("Id") ON DELETE CASCADE
);

CREATE TABLE "StreamViews" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_StreamViews" PRIMARY KEY AUTOINCREMENT,
    "Name" TEXT NOT NULL,
    "Images" TEXT NOT NULL,
    "IsPrivate" INTEGER NOT NULL,
    "Created" INTEGER NOT NULL,
    "Updated" INTEGER NOT NULL, "IsExclusive" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "CK_StreamViews_Name_Length" CHECK (length("Name") <= 255)
);

CREATE TABLE "UnreferencedBlobs" (
    "Sha256" TEXT NOT NULL CONSTRAINT "PK_UnreferencedBlobs" PRIMARY KEY,
    "Size" INTEGER NOT NULL,
    "Since" INTEGER NOT NULL,
    CONSTRAINT "CK_UnreferencedBlobs_Sha256_Length" CHECK (length("Sha256") <= 64)
);

CREATE TABLE "UploadFacts" (
    "FileId" INTEGER NOT NULL CONSTRAINT "PK_UploadFacts" PRIMARY KEY,
    "ConvertTo" TEXT NULL,
    "FaultCode" TEXT NULL,
    "FaultMessage" TEXT NULL,
    "Force" INTEGER NOT NULL,
    "Found" TEXT NULL,
    "RightType" TEXT NULL,
    "Warnings" TEXT NOT NULL,
    CONSTRAINT "CK_UploadFacts_ConvertTo_Length" CHECK (length("ConvertTo") <= 255),
    CONSTRAINT "CK_UploadFacts_FaultCode_Length" CHECK (length("FaultCode") <= 64),
    CONSTRAINT "CK_UploadFacts_RightType_Length" CHECK (length("RightType") <= 255),
    CONSTRAINT "FK_UploadFacts_Files_FileId" FOREIGN KEY ("FileId") REFERENCES "Files" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Users" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Users" PRIMARY KEY AUTOINCREMENT,
    "Username" TEXT NOT NULL,
    "Email" TEXT NOT NULL,
    "PasswordHash" TEXT NULL,
    "IsSuperuser" INTEGER NOT NULL,
    "IsActive" INTEGER NOT NULL,
    "Created" INTEGER NOT NULL,
    CONSTRAINT "CK_Users_Email_Length" CHECK (length("Email") <= 255),
    CONSTRAINT "CK_Users_Username_Length" CHECK (length("Username") <= 255)
);

CREATE TABLE "__EFMigrationsHistory" (
    "MigrationId" TEXT NOT NULL CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY,
    "ProductVersion" TEXT NOT NULL
);

CREATE UNIQUE INDEX "IX_ApiKeys_TokenKey" ON "ApiKeys" ("TokenKey");

CREATE INDEX "IX_ApiKeys_UserId" ON "ApiKeys" ("UserId");

CREATE UNIQUE INDEX "IX_BootSources_Name" ON "BootSources" ("Name");

CREATE UNIQUE INDEX "IX_BootSources_Url" ON "BootSources" ("Url");

CREATE INDEX "IX_Conversions_FileId" ON "Conversions" ("FileId");

CREATE INDEX "IX_Conversions_Key" ON "Conversions" ("Key");

CREATE INDEX "IX_Conversions_State" ON "Conversions" ("State");

CREATE INDEX "IX_DamagedBlobs_Sha256" ON "DamagedBlobs" ("Sha256");

CREATE INDEX "IX_DeletedBlobs_Sha256" ON "DeletedBlobs" ("Sha256");

CREATE INDEX "IX_DeletedSets_DeletedAt" ON "DeletedSets" ("DeletedAt");

CREATE INDEX "IX_Events_Subject_Id" ON "Events" ("Subject", "Id");

CREATE UNIQUE INDEX "IX_Files_SetId_Filename" ON "Files" ("SetId", "Filename");

CREATE INDEX "IX_Files_Sha256" ON "Files" ("Sha256");

CREATE INDEX "IX_ImportRuns_State" ON "ImportRuns" ("State");

CREATE UNIQUE INDEX "IX_MachineAssignments_Target" ON "MachineAssignments" ("Target");

CREATE INDEX "IX_MachineBoots_Machine" ON "MachineBoots" ("Machine");

CREATE INDEX "IX_MachineBoots_RackId" ON "MachineBoots" ("RackId");

CREATE UNIQUE INDEX "IX_MachineBoots_RecordId" ON "MachineBoots" ("RecordId");

CREATE INDEX "IX_Offers_BootSourceId" ON "Offers" ("BootSourceId");

CREATE INDEX "IX_Offers_Os_Release" ON "Offers" ("Os", "Release");

CREATE UNIQUE INDEX "IX_RackTokens_SecretHash" ON "RackTokens" ("SecretHash");

CREATE UNIQUE INDEX "IX_Racks_Name" ON "Racks" ("Name");

CREATE UNIQUE INDEX "IX_Racks_SystemId" ON "Racks" ("SystemId");

CREATE UNIQUE INDEX "IX_Racks_Uuid" ON "Racks" ("Uuid");

CREATE UNIQUE INDEX "IX_Resources_Kind_Name_Architecture" ON "Resources" ("Kind", "Name", "Architecture");

CREATE UNIQUE INDEX "IX_Selections_BootSourceId_Os_Release" ON "Selections" ("BootSourceId", "Os", "Release");

CREATE UNIQUE INDEX "IX_Sessions_TokenHash" ON "Sessions" ("TokenHash");

CREATE INDEX "IX_Sessions_UserId" ON "Sessions" ("UserId");

CREATE INDEX "IX_Sets_BootSourceId" ON "Sets" ("BootSourceId");

CREATE UNIQUE INDEX "IX_Sets_ResourceId_Version" ON "Sets" ("ResourceId", "Version");

CREATE UNIQUE INDEX "IX_SourceDocuments_BootSourceId_Path" ON "SourceDocuments" ("BootSourceId", "Path");

CREATE UNIQUE INDEX "IX_StreamViewTokens_SecretHash" ON "StreamViewTokens" ("SecretHash");

CREATE UNIQUE INDEX "IX_StreamViewTokens_ViewId_Name" ON "StreamViewTokens" ("ViewId", "Name");

CREATE UNIQUE INDEX "IX_StreamViews_Name" ON "StreamViews" ("Name");

CREATE UNIQUE INDEX "IX_Users_Username" ON "Users" ("Username");

INSERT INTO "__EFMigrationsHistory" VALUES ('20261121234500_Initial', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261121235848_PublishedStream', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261122010714_Uploads', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261122024827_BrowserSessions', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261122025526_Lifetimes', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261122030257_Racks', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261122054335_ImportWishes', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261122063245_UploadRightType', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261122220704_Views', '10.0.14');
INSERT INTO "__EFMigrationsHistory" VALUES ('20261123025309_ExclusiveViews', '10.0.14');
